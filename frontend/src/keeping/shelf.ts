/** What this device keeps, in IndexedDB: recordings before anything else, tasks fetched ahead, people. */

type Shelf = "takes" | "tasks" | "pages" | "people";
const SHELVES: Shelf[] = ["takes", "tasks", "pages", "people"];
let opened: Promise<IDBDatabase> | undefined;

function open(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open("ingather", 1);
    asked.onupgradeneeded = () => {
      for (const name of SHELVES) asked.result.createObjectStore(name, { keyPath: "id" });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error ?? new Error("no storage"));
  });
  return opened;
}

async function act<T>(name: Shelf, mode: IDBTransactionMode, job: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const transaction = (await open()).transaction(name, mode, { durability: "strict" });
  const asked = job(transaction.objectStore(name));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onabort = transaction.onerror = () => reject(transaction.error ?? new Error("not kept"));
  });
}

/** Each call is one transaction; it resolves once what was written is on the disk. */
export const shelf = {
  put: <T extends { id: string }>(name: Shelf, value: T) => act(name, "readwrite", (store) => store.put(value)),
  get: <T>(name: Shelf, id: string) => act<T | undefined>(name, "readonly", (store) => store.get(id)),
  all: <T>(name: Shelf) => act<T[]>(name, "readonly", (store) => store.getAll() as IDBRequest<T[]>),
  drop: (name: Shelf, id: string) => act(name, "readwrite", (store) => store.delete(id)),
};
